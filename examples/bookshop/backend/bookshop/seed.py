"""A dozen books for a demonstration: `python -m bookshop.seed`. Running it again adds nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookshop.database import SessionLocal
from bookshop.models import Author, Book

# ISBN, title, author, price in cents, stock
BOOKS = (
    ("9780141439518", "Pride and Prejudice", "Jane Austen", 899, 12),
    ("9780141439587", "Emma", "Jane Austen", 949, 4),
    ("9780141439471", "Frankenstein", "Mary Shelley", 799, 7),
    ("9780141439846", "Dracula", "Bram Stoker", 850, 1),
    ("9780142437247", "Moby-Dick", "Herman Melville", 1299, 3),
    ("9780141441146", "Jane Eyre", "Charlotte Brontë", 950, 5),
    ("9780141439556", "Wuthering Heights", "Emily Brontë", 875, 0),
    ("9780140449136", "Crime and Punishment", "Fyodor Dostoevsky", 1350, 6),
    ("9780140449242", "The Brothers Karamazov", "Fyodor Dostoevsky", 1599, 2),
    ("9780140449266", "The Count of Monte Cristo", "Alexandre Dumas", 1699, 3),
    ("9780141439600", "A Tale of Two Cities", "Charles Dickens", 825, 9),
    ("9780141439723", "Bleak House", "Charles Dickens", 1150, 2),
)


def seed_books(session: Session) -> int:
    """Add what is missing, recognised by ISBN; return how many books were added."""
    known = set(session.scalars(select(Book.isbn)))
    authors = {author.name: author for author in session.scalars(select(Author))}
    missing = [row for row in BOOKS if row[0] not in known]
    for isbn, title, name, price_cents, stock in missing:
        author = authors.setdefault(name, Author(name=name))
        session.add(
            Book(isbn=isbn, title=title, author=author, price_cents=price_cents, stock=stock)
        )
    session.flush()
    return len(missing)


if __name__ == "__main__":
    with SessionLocal.begin() as session:
        print(f"{seed_books(session)} books added")
