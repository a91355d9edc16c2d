import { useEffect, useRef, useState } from "react";
import type { BookshopApi } from "./api/client";
import { createBasketStore, useBasket } from "./basket/basketStore";
import { BasketPanel } from "./basket/BasketPanel";
import { Catalogue } from "./catalogue/Catalogue";
import { Checkout } from "./checkout/Checkout";
import { createOrderAttempts } from "./checkout/orderAttempts";
import { useCheckout } from "./checkout/useCheckout";
import { Navigation } from "./Navigation";
import { Report } from "./report/Report";
import { useRoute } from "./route";

interface AppProps {
  api: BookshopApi;
  storage: Storage;
  today: Date;
}

export function App({ api, storage, today }: AppProps) {
  const [store] = useState(() => createBasketStore(api, storage));
  const [attempts] = useState(() => createOrderAttempts(storage));
  const basket = useBasket(store);
  const checkout = useCheckout(api, attempts, store.forget);
  const route = useRoute();
  const main = useFocusOnChange(route);

  useEffect(() => {
    void store.restore();
  }, [store]);

  return (
    <>
      <Navigation route={route} basket={basket.basket} />
      <main ref={main} tabIndex={-1} className={`screen screen-${route}`}>
        {route === "catalogue" && (
          <>
            <Catalogue api={api} onAdd={(book) => void store.addCopies(book.id, 1)} />
            <BasketPanel state={basket} store={store} />
          </>
        )}
        {route === "checkout" && <Checkout checkout={checkout} state={basket} store={store} />}
        {route === "report" && <Report api={api} today={today} />}
      </main>
    </>
  );
}

/** Puts the focus on the new screen, where a page load would have put it. The first screen is left alone. */
function useFocusOnChange(route: string) {
  const element = useRef<HTMLElement>(null);
  const shown = useRef(route);
  useEffect(() => {
    if (shown.current !== route) element.current?.focus();
    shown.current = route;
  }, [route]);
  return element;
}
