import type { Book } from "../api/contract";
import { formatCents } from "../money";

interface BookListProps {
  books: Book[];
  onAdd: (book: Book) => void;
}

export function BookList({ books, onAdd }: BookListProps) {
  return (
    <ul className="books" aria-label="Books">
      {books.map((book) => (
        <li key={book.id} className="book">
          <h2>{book.title}</h2>
          <p className="author">{book.author}</p>
          <p className="hint">ISBN {book.isbn}</p>
          <p className="book-offer">
            <span className="amount">{formatCents(book.price_cents)}</span>
            <span className={book.stock === 0 ? "sold-out" : "hint"}>
              {describeStock(book.stock)}
            </span>
          </p>
          <button
            type="button"
            disabled={book.stock === 0}
            aria-label={`Add to basket: ${book.title}`}
            onClick={() => {
              onAdd(book);
            }}
          >
            Add to basket
          </button>
        </li>
      ))}
    </ul>
  );
}

function describeStock(stock: number): string {
  if (stock === 0) return "Sold out";
  return stock <= 3 ? `Only ${stock} left` : `${stock} in stock`;
}
