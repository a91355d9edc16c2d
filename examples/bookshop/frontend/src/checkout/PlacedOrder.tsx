import type { Order } from "../api/contract";
import { formatCents, lineTotalCents } from "../money";

interface PlacedOrderProps {
  order: Order;
  sending: boolean;
  onPay: () => void;
}

export function PlacedOrder({ order, sending, onPay }: PlacedOrderProps) {
  return (
    <div className="panel">
      <p role="status" className="success">
        {order.status === "pending"
          ? "Your order is placed. It waits for your payment."
          : `Your order is ${order.status}.`}
      </p>
      <ul className="lines" aria-label="Books you ordered">
        {order.lines.map((line) => (
          <li key={line.book_id}>
            <span className="line-title">
              {line.quantity} × {line.title}
            </span>
            <span className="amount">{formatCents(lineTotalCents(line))}</span>
          </li>
        ))}
      </ul>
      {order.status === "pending" && (
        <button type="button" className="primary" disabled={sending} onClick={onPay}>
          Pay {formatCents(order.total_cents)}
        </button>
      )}
    </div>
  );
}
