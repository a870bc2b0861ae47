/** Of the package: a test keeps it equal to package.json, which the bundle does not contain. */
export const VERSION = '0.1.0';
