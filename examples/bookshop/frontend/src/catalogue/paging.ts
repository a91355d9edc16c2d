/** Pages count from 1. An empty catalogue still has its one, empty page. */
export function countPages(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize));
}

export function clampPage(page: number, pages: number): number {
  return Math.min(Math.max(page, 1), pages);
}
