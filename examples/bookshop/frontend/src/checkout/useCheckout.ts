import { useRef, useState } from "react";
import type { BookshopApi } from "../api/client";
import type { Order } from "../api/contract";
import { describeFailure, isFinalAnswer, type Outcome } from "../api/outcome";
import { describeOrderFailure } from "./describeOrderFailure";
import type { OrderAttempts } from "./orderAttempts";

interface CheckoutState {
  /** The order that was placed last. */
  order: Order | null;
  /** A request is under way; another one is not sent beside it. */
  sending: boolean;
  problem: string | null;
}

export interface Checkout extends CheckoutState {
  placeOrder(basketId: string): Promise<void>;
  payOrder(orderId: string): Promise<void>;
}

/** Orders a basket, at most once, and pays the order. `onOrdered` is called when the basket has become an order. */
export function useCheckout(
  api: BookshopApi,
  attempts: OrderAttempts,
  onOrdered: () => void,
): Checkout {
  const [state, setState] = useState<CheckoutState>({
    order: null,
    sending: false,
    problem: null,
  });
  // State changes with the next render; a second click can come before it.
  const sending = useRef(false);

  async function sendAlone(
    request: () => Promise<Outcome<Order>>,
    describe: typeof describeFailure,
  ): Promise<Outcome<Order> | undefined> {
    if (sending.current) return undefined;
    sending.current = true;
    setState((current) => ({ ...current, sending: true, problem: null }));
    const outcome = await request();
    sending.current = false;
    setState((current) => ({
      order: outcome.ok ? outcome.value : current.order,
      sending: false,
      problem: outcome.ok ? null : describe(outcome.failure),
    }));
    return outcome;
  }

  async function placeOrder(basketId: string) {
    const outcome = await sendAlone(
      () => api.placeOrder(basketId, attempts.keyFor(basketId)),
      describeOrderFailure,
    );
    if (!outcome) return;
    if (outcome.ok) onOrdered();
    if (outcome.ok || isFinalAnswer(outcome.failure)) attempts.end();
  }

  async function payOrder(orderId: string) {
    await sendAlone(() => api.payOrder(orderId), describeFailure);
  }

  return { ...state, placeOrder, payOrder };
}
