"""A bookshop: catalogue, baskets, orders that never oversell, and a sales report."""
