import type { Basket } from "./api/contract";
import { countCopies } from "./basket/countCopies";
import type { Route } from "./route";

export function Navigation({ route, basket }: { route: Route; basket: Basket | null }) {
  const current = (name: Route) => (route === name ? "page" : undefined);
  return (
    <header className="site-header">
      <span className="site-name">Bookshop</span>
      <nav aria-label="Screens">
        <a href="#/" aria-current={current("catalogue")}>
          Catalogue
        </a>
        <a href="#/checkout" aria-current={current("checkout")}>
          Checkout ({countCopies(basket)})
        </a>
        <a href="#/report" aria-current={current("report")}>
          Report
        </a>
      </nav>
    </header>
  );
}
