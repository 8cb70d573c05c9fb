// Plain JavaScript, since it must run on a Node that is too old for the rest.
const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(
    `Node 24 or newer is needed, and this is ${process.version}. The dependency "node" brings its own; its install ` +
      'script must be allowed to run: npm ci, without --ignore-scripts (or: npm rebuild node).',
  )
  process.exit(1)
}
