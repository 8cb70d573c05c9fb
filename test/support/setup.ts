import { afterEach, beforeEach, expect, vi } from 'vitest'

const watched = ['error', 'warn'] as const

/** No test may print an error or a warning unnoticed. A test that expects one mocks the console itself. */
let printed: { method: string; args: unknown[] }[] = []

beforeEach(() => {
  printed = []
  for (const method of watched)
    vi.spyOn(console, method).mockImplementation((...args) => void printed.push({ method, args }))
})

afterEach(() => {
  const seen = printed
  printed = []
  vi.restoreAllMocks()
  expect(seen, 'the console was used').toEqual([])
})
