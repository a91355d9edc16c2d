import { useEffect, useState } from "react";
import type { BookSearch, BookshopApi } from "../api/client";
import type { BookPage } from "../api/contract";
import type { Outcome } from "../api/outcome";

interface Answer {
  search: BookSearch;
  outcome: Outcome<BookPage>;
}

/**
 * The answer to `search`. A new object asks anew; the request before it is aborted, and should its answer arrive
 * all the same it is dropped. Until the new answer is there, `outcome` stays the one before.
 */
export function useBookSearch(api: BookshopApi, search: BookSearch) {
  const [answer, setAnswer] = useState<Answer | null>(null);

  useEffect(() => {
    const abort = new AbortController();
    void api.searchBooks(search, abort.signal).then((outcome) => {
      if (!abort.signal.aborted) setAnswer({ search, outcome });
    });
    return () => {
      abort.abort();
    };
  }, [api, search]);

  return { outcome: answer?.outcome ?? null, searching: answer?.search !== search };
}
