import type { Book } from "../api/contract";

/** A book with what a test cares about; the rest is made up from the title. */
export function book(title: string, details: Partial<Book> = {}): Book {
  return {
    id: `book-${title.toLowerCase().replaceAll(" ", "-")}`,
    isbn: "9780000000000",
    title,
    author: "Anonymous",
    price_cents: 1000,
    stock: 10,
    ...details,
  };
}

/** `count` books called "Volume 1", "Volume 2", … */
export function volumes(count: number, details: Partial<Book> = {}): Book[] {
  return Array.from({ length: count }, (_, index) => book(`Volume ${index + 1}`, details));
}
