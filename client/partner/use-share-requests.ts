import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import type { FragmentType } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestState } from '../generated/partner/graphql.ts'
import { delay } from '../ui/backoff.ts'
import { type LoadedList, withChanged, withFirstPage, withNextPage } from './loaded-list.ts'
import { type ListedShareRequest, ShareRequestPage } from './operations.ts'
import { type Problem, problemOf } from './problem.ts'

/** Null lets all through. */
export interface Filter {
  state: ShareRequestState | null
  policy: string | null
  reference: string | null
}

/** Milliseconds between looks at the first page. */
const pollInterval = 4_000

/** The share requests that pass a filter. The first page is looked at again and again while the page is visible. */
export function useShareRequests({ state, policy, reference }: Filter) {
  const client = useClient()
  const [list, setList] = useState<LoadedList | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLoadingMore, setLoadingMore] = useState(false)
  /** Which list it is: another filter makes another. */
  const generation = useRef(0)
  const filter = { status: state && [state], policy, reference }

  // biome-ignore lint/correctness/useExhaustiveDependencies: `filter` is made of them
  useEffect(() => {
    let isOver = false
    let callOff = () => {}
    async function look() {
      if (!document.hidden) {
        const { data, error } = await client.query(ShareRequestPage, { filter }).toPromise()
        if (isOver) return
        setProblem(error ? problemOf(error) : null)
        const page = data?.shareRequests
        if (page) setList((loaded) => withFirstPage(loaded, page))
      }
      callOff = delay(pollInterval, look)
    }
    generation.current++
    setList(null)
    look()
    return () => {
      isOver = true
      callOff()
    }
  }, [client, state, policy, reference])

  async function loadMore(after: string) {
    const asked = generation.current
    setLoadingMore(true)
    const { data, error } = await client.query(ShareRequestPage, { filter, after }).toPromise()
    setLoadingMore(false)
    if (asked !== generation.current) return
    if (error) setProblem(problemOf(error))
    const page = data?.shareRequests
    // Only where it still joins on: the list may have begun anew meanwhile.
    if (page) setList((loaded) => (loaded?.endCursor === after ? withNextPage(loaded, page) : loaded))
  }

  const change = (changed: FragmentType<typeof ListedShareRequest>) =>
    setList((loaded) => withChanged(loaded, changed))

  return { list, problem, isLoadingMore, loadMore, change }
}
