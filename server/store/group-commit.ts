import type { CompiledQuery, QueryResult } from 'kysely'

/** Runs one statement, now. */
export type RunNow = <Row>(query: CompiledQuery<Row>) => QueryResult<Row>

interface Write {
  work(run: RunNow): unknown
  resolve(result: unknown): void
  reject(error: unknown): void
}

interface Deps {
  /** Resolves when this turn of the event loop ends. */
  gather(): Promise<void>
  /** Runs `work` in a transaction, now. */
  transact<Result>(work: (run: RunNow) => Result): Result
  /** Runs `commit` when nobody else uses the connection. */
  whenFree(commit: () => void): Promise<void>
}

/**
 * Commits the writes of one turn of the event loop in one transaction. Most of what a commit costs is the pages that it
 * writes, and writes at the same time change the same pages of indexes.
 */
export class GroupCommit {
  readonly #deps: Deps
  #group: Write[] = []

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Resolves when `work` is committed. It may run twice: again by itself if the group was rolled back. */
  add<Result>(work: (run: RunNow) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#group.length === 0) void this.#gather()
      this.#group.push({ work, resolve: resolve as Write['resolve'], reject })
    })
  }

  async #gather(): Promise<void> {
    await this.#deps.gather()
    await this.#deps.whenFree(() => this.#commit())
  }

  #commit(): void {
    const group = this.#group
    this.#group = []
    let isAtWork = false
    try {
      const results = this.#deps.transact((run) => {
        isAtWork = true
        const results = group.map(({ work }) => work(run))
        isAtWork = false
        return results
      })
      for (const [index, { resolve }] of group.entries()) resolve(results[index])
    } catch (error) {
      if (isAtWork && group.length > 1) for (const write of group) this.#commitAlone(write)
      else for (const { reject } of group) reject(error)
    }
  }

  #commitAlone({ work, resolve, reject }: Write): void {
    try {
      resolve(this.#deps.transact(work))
    } catch (error) {
      reject(error)
    }
  }
}
