import { describeFailure } from "../api/outcome";
import { FailureAlert } from "../FailureAlert";
import { BasketLines } from "./BasketLines";
import type { BasketState, BasketStore } from "./basketStore";

/** The basket beside the catalogue. */
export function BasketPanel({ state, store }: { state: BasketState; store: BasketStore }) {
  const { basket, busy, failure } = state;
  return (
    <aside aria-labelledby="basket-heading" aria-busy={busy} className="panel">
      <h2 id="basket-heading">Your basket</h2>
      {failure && <FailureAlert message={describeFailure(failure)} />}
      {basket && basket.lines.length > 0 ? (
        <>
          <BasketLines basket={basket} store={store} />
          <a href="#/checkout" className="button">
            Go to checkout
          </a>
        </>
      ) : (
        <p className="hint">Nothing in it yet.</p>
      )}
    </aside>
  );
}
