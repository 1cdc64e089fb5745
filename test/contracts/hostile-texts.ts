/** What a name that ends up in a statement's text, a pattern or an object's prototype would break. */
export const HOSTILE_TEXTS = ["o'brien", '"; drop table audit; --', '%_', '__proto__', 'été/雪/😀', 'a,b=c', '\\'];
