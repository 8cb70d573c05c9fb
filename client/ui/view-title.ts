import { createContext, useContext, useEffect } from 'react'

/** Receives the heading of the view that is shown, so that a page can put it into its title. */
export const ViewTitle = createContext<(title: string) => void>(() => {})

export function useViewTitle(title: string): void {
  const onTitle = useContext(ViewTitle)
  useEffect(() => onTitle(title), [onTitle, title])
}
