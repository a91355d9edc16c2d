/** What the backend sends and takes, word for word. All money is in whole cents. */

export interface Book {
  id: string;
  isbn: string;
  title: string;
  author: string;
  price_cents: number;
  stock: number;
}

export interface BookPage {
  items: Book[];
  total: number;
  page: number;
  page_size: number;
}

export interface Line {
  book_id: string;
  title: string;
  quantity: number;
  unit_price_cents: number;
}

export interface Basket {
  id: string;
  lines: Line[];
  total_cents: number;
}

export interface Order {
  id: string;
  status: string;
  lines: Line[];
  total_cents: number;
}

export interface SalesReport {
  orders: number;
  revenue_cents: number;
  top_books: { title: string; quantity: number; revenue_cents: number }[];
  by_day: { day: string; orders: number; revenue_cents: number }[];
}
