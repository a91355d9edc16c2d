import { useState } from "react";
import type { BookSearch, BookshopApi } from "../api/client";
import type { Book } from "../api/contract";
import { describeFailure } from "../api/outcome";
import { FailureAlert } from "../FailureAlert";
import { BookList } from "./BookList";
import { Pager } from "./Pager";
import { clampPage, countPages } from "./paging";
import { SearchForm } from "./SearchForm";
import { useBookSearch } from "./useBookSearch";

const FIRST_SEARCH: BookSearch = { q: "", page: 1, pageSize: 20, inStock: false };

interface CatalogueProps {
  api: BookshopApi;
  onAdd: (book: Book) => void;
}

export function Catalogue({ api, onAdd }: CatalogueProps) {
  const [search, setSearch] = useState(FIRST_SEARCH);
  const { outcome, searching } = useBookSearch(api, search);

  const found = outcome?.ok ? outcome.value : null;
  const pages = found ? countPages(found.total, found.page_size) : 1;

  // Books were sold since this page was offered: fall back to the last one there is.
  if (found && !searching && search.page > pages) {
    setSearch({ ...search, page: clampPage(search.page, pages) });
  }

  return (
    <section aria-labelledby="catalogue-heading" aria-busy={searching}>
      <h1 id="catalogue-heading">Catalogue</h1>
      <SearchForm
        onQuery={(q) => {
          setSearch((current) => ({ ...current, q, page: 1 }));
        }}
        onInStock={(inStock) => {
          setSearch((current) => ({ ...current, inStock, page: 1 }));
        }}
      />
      <p role="status" className="hint">
        {searching ? "Searching…" : found && describeTotal(found.total)}
      </p>
      {outcome && !outcome.ok && !searching && (
        <FailureAlert
          message={describeFailure(outcome.failure)}
          onRetry={() => {
            setSearch({ ...search });
          }}
        />
      )}
      {found && (
        <>
          <BookList books={found.items} onAdd={onAdd} />
          <Pager
            page={clampPage(search.page, pages)}
            pages={pages}
            onPage={(page) => {
              setSearch({ ...search, page });
            }}
          />
        </>
      )}
    </section>
  );
}

function describeTotal(total: number): string {
  if (total === 0) return "No book matches.";
  return total === 1 ? "1 book" : `${total} books`;
}
