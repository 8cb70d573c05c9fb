/** RPC handlers by name. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments are typed where they are called, by Answers
export type Handlers = Record<string, (...args: any[]) => unknown>

export type Answers<H extends Handlers, Name extends keyof H> = Awaited<ReturnType<H[Name]>>

export interface Call {
  call: string
  number: number
  args: unknown[]
}

export interface Answer {
  number: number
  result?: unknown
  error?: string
}

/** Answers the parent process's calls with `handlers`. Does not keep this process alive. */
export function answerParent(handlers: Handlers): void {
  process.on('message', async (message: Partial<Call>) => {
    const { call, number, args } = message
    if (call === undefined || number === undefined || args === undefined) return
    const handler = handlers[call]
    if (handler === undefined) return
    try {
      tell({ number, result: await handler(...args) })
    } catch (error) {
      tell({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.channel?.unref()
}

const tell = (answer: Answer) => process.send?.(answer)
