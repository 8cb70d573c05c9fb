import { isScalarType } from 'graphql'
import { expect, onTestFinished, test, vi } from 'vitest'
import { schema } from '../../server/schema/index.ts'

const output = (name: string, value: unknown) => {
  const type = schema.getType(name)
  if (!isScalarType(type)) throw new Error(`${name} is not a scalar.`)
  return type.coerceOutputValue(value)
}

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [1_795_861_421_000, '2026-11-28T10:23:41.000Z'],
  [1_795_861_421_007, '2026-11-28T10:23:41.007Z'],
  [-1, '1969-12-31T23:59:59.999Z'],
])('DateTime serialises %d as %s', (epochMs, text) => {
  expect(output('DateTime', epochMs)).toBe(text)
})

test('formats a moment once, however many subscribers receive it', () => {
  const format = vi.spyOn(Date.prototype, 'toISOString')
  onTestFinished(() => format.mockRestore())
  for (let count = 0; count < 3; count++) output('DateTime', 1_795_861_422_000)
  expect(format).toHaveBeenCalledTimes(1)
})

test('formats the moments of thousands of share requests once, however often they are polled', () => {
  const format = vi.spyOn(Date.prototype, 'toISOString')
  onTestFinished(() => format.mockRestore())
  for (let poll = 0; poll < 2; poll++)
    for (let index = 0; index < 5_000; index++) output('DateTime', 1_795_861_423_000 + index)
  expect(format).toHaveBeenCalledTimes(5_000)
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.7e15])('DateTime rejects %d', (epochMs) => {
  expect(() => output('DateTime', epochMs)).toThrow(RangeError)
})

test.each([
  ['Date', '1990-04-23'],
  ['CountryCode', 'XK'],
  ['EmailAddress', 'тест@приклад.укр'],
])('%s serialises a fact unchanged', (name, value) => {
  expect(output(name, value)).toBe(value)
})

test('no argument or input field uses a scalar that is for output only', () => {
  const outputOnly = new Set(['Date', 'CountryCode', 'EmailAddress'])
  const inputs = Object.values(schema.getTypeMap()).flatMap((type) => {
    if ('getFields' in type === false) return []
    return Object.values(type.getFields()).flatMap((field) => ('args' in field ? field.args : [field]))
  })
  expect(inputs.length).toBeGreaterThan(10)
  expect(inputs.filter(({ type }) => outputOnly.has(String(type).replace(/[![\]]/g, '')))).toEqual([])
})
