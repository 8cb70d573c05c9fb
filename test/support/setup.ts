import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Nothing here may print an error unnoticed: a test that expects one mocks console.error itself. */
let errors: unknown[][] = []

beforeEach(() => {
  errors = []
  vi.spyOn(console, 'error').mockImplementation((...args) => void errors.push(args))
})

afterEach(() => {
  const seen = errors
  errors = []
  vi.restoreAllMocks()
  expect(seen, 'console.error was called').toEqual([])
})
