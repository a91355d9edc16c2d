import type { SalesReport } from "../api/contract";
import { formatCents } from "../money";

export function SalesTables({ report }: { report: SalesReport }) {
  const bestDay_cents = Math.max(1, ...report.by_day.map((day) => day.revenue_cents));
  return (
    <>
      <dl className="figures">
        <div>
          <dt>Orders</dt>
          <dd>{report.orders}</dd>
        </div>
        <div>
          <dt>Revenue</dt>
          <dd>{formatCents(report.revenue_cents)}</dd>
        </div>
      </dl>

      <table>
        <caption>Best-selling books</caption>
        <thead>
          <tr>
            <th scope="col">Title</th>
            <th scope="col">Copies</th>
            <th scope="col">Revenue</th>
          </tr>
        </thead>
        <tbody>
          {report.top_books.map((book, rank) => (
            <tr key={rank}>
              <th scope="row">{book.title}</th>
              <td>{book.quantity}</td>
              <td>{formatCents(book.revenue_cents)}</td>
            </tr>
          ))}
        </tbody>
      </table>

      <table>
        <caption>Day by day</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Orders</th>
            <th scope="col">Revenue</th>
          </tr>
        </thead>
        <tbody>
          {report.by_day.map((day) => (
            <tr key={day.day}>
              <th scope="row">{day.day}</th>
              <td>{day.orders}</td>
              <td className="bar-cell">
                <span
                  className="bar"
                  style={{ width: `${(100 * day.revenue_cents) / bestDay_cents}%` }}
                />
                {formatCents(day.revenue_cents)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
