/**
 * The oldest browsers that the pages and the package support, as Vite and esbuild name them: those released since
 * May 2024.
 */
export const browsers = ['chrome125', 'edge125', 'firefox126', 'safari17.5', 'ios17.5']
