import { useRef } from "react";
import type { Basket, Line } from "../api/contract";
import { formatCents, lineTotalCents } from "../money";
import type { BasketStore } from "./basketStore";

/** The books of a basket with their steppers, and what they cost together. */
export function BasketLines({ basket, store }: { basket: Basket; store: BasketStore }) {
  const total = useRef<HTMLParagraphElement>(null);

  // The button that was pressed goes away with its line; the focus would fall back to the top of the page.
  const remove = (line: Line) => {
    total.current?.focus();
    void store.remove(line.book_id);
  };

  return (
    <>
      <ul className="lines" aria-label="Books in your basket">
        {basket.lines.map((line) => (
          <li key={line.book_id}>
            <span className="line-title">{line.title}</span>
            <span className="stepper">
              <button
                type="button"
                aria-label={`One fewer: ${line.title}`}
                onClick={() => {
                  if (line.quantity === 1) remove(line);
                  else void store.addCopies(line.book_id, -1);
                }}
              >
                −
              </button>
              <span>
                {line.quantity}
                <span className="visually-hidden"> in the basket</span>
              </span>
              <button
                type="button"
                aria-label={`One more: ${line.title}`}
                onClick={() => void store.addCopies(line.book_id, 1)}
              >
                +
              </button>
            </span>
            <button
              type="button"
              className="quiet"
              aria-label={`Remove: ${line.title}`}
              onClick={() => {
                remove(line);
              }}
            >
              Remove
            </button>
            <span className="amount">{formatCents(lineTotalCents(line))}</span>
          </li>
        ))}
      </ul>
      <p className="total" ref={total} tabIndex={-1}>
        Total <strong>{formatCents(basket.total_cents)}</strong>
      </p>
    </>
  );
}
