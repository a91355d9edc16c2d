import { useState } from "react";
import { useDebounced } from "./useDebounced";

const DEBOUNCE_MS = 250;

interface SearchFormProps {
  onQuery: (q: string) => void;
  onInStock: (inStock: boolean) => void;
}

/** Searches while the visitor types, once they pause; Enter does not wait for the pause. */
export function SearchForm({ onQuery, onInStock }: SearchFormProps) {
  const [text, setText] = useState("");
  const typing = useDebounced(DEBOUNCE_MS);

  return (
    <form
      role="search"
      className="search-form"
      onSubmit={(event) => {
        event.preventDefault();
        typing.cancel();
        onQuery(text.trim());
      }}
    >
      <label className="field">
        Search by title, author or ISBN
        <input
          type="search"
          maxLength={100}
          value={text}
          onChange={(event) => {
            const { value } = event.target;
            setText(value);
            typing.later(() => {
              onQuery(value.trim());
            });
          }}
        />
      </label>
      <label className="tick">
        <input
          type="checkbox"
          onChange={(event) => {
            onInStock(event.target.checked);
          }}
        />
        In stock only
      </label>
    </form>
  );
}
