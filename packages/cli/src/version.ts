/** The release, as in package.json (a test holds them together: reading the file would cost a start-up read). */
export const VERSION = '0.1.0'
