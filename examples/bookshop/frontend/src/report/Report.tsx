import { useState } from "react";
import type { BookshopApi, ReportQuery } from "../api/client";
import type { SalesReport } from "../api/contract";
import { describeFailure, type Failure } from "../api/outcome";
import { FailureAlert } from "../FailureAlert";
import { isSpan, lastDays } from "./days";
import { ReportForm } from "./ReportForm";
import { SalesTables } from "./SalesTables";

export function Report({ api, today }: { api: BookshopApi; today: Date }) {
  const [report, setReport] = useState<SalesReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);

  async function show(query: ReportQuery) {
    setReport(null);
    if (!isSpan(query)) {
      setProblem("The first day must not come after the last day.");
      return;
    }
    setLoading(true);
    setProblem(null);
    const answer = await api.readReport(query);
    setLoading(false);
    if (answer.ok) setReport(answer.value);
    else setProblem(describeReportFailure(answer.failure));
  }

  return (
    <section aria-labelledby="report-heading" aria-busy={loading}>
      <h1 id="report-heading">Sales report</h1>
      <ReportForm
        days={lastDays(today, 30)}
        loading={loading}
        onSubmit={(query) => void show(query)}
      />
      {problem && <FailureAlert message={problem} />}
      {report && <SalesTables report={report} />}
    </section>
  );
}

function describeReportFailure(failure: Failure): string {
  const unauthorised = failure.kind === "refused" && [401, 403].includes(failure.status);
  return unauthorised ? "The bookshop did not accept this token." : describeFailure(failure);
}
