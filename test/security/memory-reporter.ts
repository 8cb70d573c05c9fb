/** Loaded into a gateway's process by `--import`: answers each message with the memory in use after garbage collection. */
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({ heap: heapUsed, buffers: external, resident: rss })
})
