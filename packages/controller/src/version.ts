/** Of the package; the metric and `--version` show it. */
export const VERSION = '0.1.0'
