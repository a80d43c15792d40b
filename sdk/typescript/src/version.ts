/** The version of this package, the same as in `package.json`. */
export const VERSION = '0.1.0';

/** The version of the API this package was written for, sent with every request as `Wallgent-Version`. */
export const API_VERSION = '2026-03-01';
