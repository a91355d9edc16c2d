"""Reports, for those who hold the admin token."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from bookshop import reports
from bookshop.api.dependencies import DatabaseSession, require_admin
from bookshop.api.schemas import AuthorSalesShown, SalesReportShown

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])


def require_period(
    first: Annotated[date, Query(alias="from")], last: Annotated[date, Query(alias="to")]
) -> tuple[date, date]:
    if last < first:
        raise HTTPException(422, "`to` lies before `from`")
    return first, last


Period = Annotated[tuple[date, date], Depends(require_period)]


@router.get("/report")
def sales(session: DatabaseSession, period: Period) -> SalesReportShown:
    return SalesReportShown.model_validate(reports.report_sales(session, *period))


@router.get("/report/authors")
def authors(session: DatabaseSession, period: Period) -> list[AuthorSalesShown]:
    rows = reports.report_authors(session, *period)
    return [AuthorSalesShown.model_validate(row) for row in rows]
