import { describeFailure } from "../api/outcome";
import { BasketLines } from "../basket/BasketLines";
import type { BasketState, BasketStore } from "../basket/basketStore";
import { FailureAlert } from "../FailureAlert";
import { PlacedOrder } from "./PlacedOrder";
import type { Checkout as CheckoutFlow } from "./useCheckout";

interface CheckoutProps {
  checkout: CheckoutFlow;
  state: BasketState;
  store: BasketStore;
}

export function Checkout({ checkout, state, store }: CheckoutProps) {
  const { basket, busy, failure } = state;
  const { order, sending, problem } = checkout;

  return (
    <section aria-labelledby="checkout-heading" aria-busy={busy || sending}>
      <h1 id="checkout-heading">Checkout</h1>
      {problem && <FailureAlert message={problem} />}
      {failure && <FailureAlert message={describeFailure(failure)} />}
      {order && (
        <PlacedOrder
          order={order}
          sending={sending}
          onPay={() => void checkout.payOrder(order.id)}
        />
      )}
      {basket && basket.lines.length > 0 && (
        <div className="panel">
          <BasketLines basket={basket} store={store} />
          <button
            type="button"
            className="primary"
            disabled={busy || sending}
            onClick={() => void checkout.placeOrder(basket.id)}
          >
            {sending ? "Placing your order…" : "Place order"}
          </button>
        </div>
      )}
      {!order && !basket?.lines.length && (
        <p className="hint">
          Your basket is empty. <a href="#/">Find a book</a>
        </p>
      )}
    </section>
  );
}
