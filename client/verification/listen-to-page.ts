interface PageListeners {
  /** The customer has come back to the tab. */
  onVisible: () => unknown
  /** The browser has restored the page from its back/forward cache. */
  onRestored: () => unknown
  onOnline: () => unknown
}

/** @returns a function that stops listening. */
export function listenToPage({ onVisible, onRestored, onOnline }: PageListeners): () => void {
  const stopped = new AbortController()
  const { signal } = stopped
  document.addEventListener('visibilitychange', () => document.hidden || onVisible(), { signal })
  window.addEventListener('pageshow', ({ persisted }) => persisted && onRestored(), { signal })
  window.addEventListener('online', () => onOnline(), { signal })
  return () => stopped.abort()
}
