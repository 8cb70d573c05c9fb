// Plain JavaScript, because it must run on a Node that is too old for the rest.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(
    `Node 24 or newer is required (this is ${process.version}). In production, install it from your own sources. ` +
      'For development and the demo, run npm ci without --ignore-scripts: it installs Node 24 for all npm scripts.',
  )
  process.exit(1)
}
