import { describe, expect, test } from 'vitest'
import {
  compareSchemas,
  DeclarationsError,
  isCompatible,
  readDeclarations,
} from '../../server/cli/schema-compatibility.ts'

const released = `
  type Query { policy(name: String!): Policy }
  type Policy { name: String!  purpose: String! }
  type Open { id: ID! }
  type Closed { id: ID! }
  union Status = Open | Closed
  enum Access { PUBLIC PARTNER }
`

/** Compares `released` with a copy in which `before` is replaced by `after`. */
const changed = (before: string, after: string, declarations: Parameters<typeof compareSchemas>[2] = []) => {
  expect(released).toContain(before)
  return compareSchemas(released, released.replace(before, after), declarations)
}

const none = { breaking: [], declared: [], stale: [], dangerous: [], safe: [] }

test('nothing has changed', () => {
  expect(compareSchemas(released, released, [])).toEqual(none)
})

describe('breaking', () => {
  const [before, after] = ['  purpose: String!', '']
  const change = 'Field Policy.purpose was removed.'

  test.each([
    ['a field is gone', before, after, change],
    ['a field may be null', '  purpose: String!', '  purpose: String', /Policy\.purpose changed type/],
    ['an argument is needed', '  purpose: String!', '  purpose(in: String!): String!', /required argument/],
    ['a member is gone', 'Open | Closed', 'Open', /Closed was removed from union type Status/],
    ['a value is gone', 'PUBLIC PARTNER', 'PUBLIC', /Access.PARTNER was removed/],
  ])('%s', (_, before, after, sentence) => {
    const comparison = changed(before, after)
    expect(comparison.breaking).toEqual([expect.stringMatching(sentence)])
    expect(isCompatible(comparison)).toBe(false)
  })

  test('a breaking change may be declared in its exact words', () => {
    const declaration = { change, reason: 'Nobody asked for it.' }
    const comparison = changed(before, after, [declaration])
    expect(comparison).toEqual({ ...none, declared: [declaration] })
    expect(isCompatible(comparison)).toBe(true)
  })

  test('one declaration does not cover another change', () => {
    const comparison = changed('PUBLIC PARTNER', 'PUBLIC', [{ change, reason: 'Nobody asked for it.' }])
    expect(comparison).toMatchObject({
      breaking: [expect.stringMatching(/Access.PARTNER was removed/)],
      stale: [{ change }],
    })
    expect(isCompatible(comparison)).toBe(false)
  })

  test('a declaration without a change must be removed', () => {
    const stale = [{ change, reason: 'Nobody asked for it.' }]
    const comparison = compareSchemas(released, released, stale)
    expect(comparison).toEqual({ ...none, stale })
    expect(isCompatible(comparison)).toBe(false)
  })
})

test.each([
  ['a member is new', 'Open | Closed', 'Open | Closed | Policy'],
  ['a value is new', 'PUBLIC PARTNER', 'PUBLIC PARTNER STAFF'],
])('dangerous, but allowed: %s', (_, before, after) => {
  const comparison = changed(before, after)
  expect(comparison).toEqual({ ...none, dangerous: [expect.stringMatching(/was added/)] })
  expect(isCompatible(comparison)).toBe(true)
})

test.each([
  ['a field is new', 'name: String!  ', 'name: String! title: String '],
  ['an argument is new and may be left out', '  purpose:', '  purpose(language: String):'],
  ['a type is new', 'enum Access', 'type Fact { id: ID! } enum Access'],
])('safe: %s', (_, before, after) => {
  const comparison = changed(before, after)
  expect(comparison).toEqual({ ...none, safe: [expect.stringMatching(/was added/)] })
  expect(isCompatible(comparison)).toBe(true)
})

test.each([
  ['no JSON', '[', /JSON/],
  ['no list', '{}', /expected array/],
  ['no reason', '[{"change": "Field A.b was removed."}]', /must say why this break is acceptable/],
  [
    'an empty reason',
    '[{"change": "Field A.b was removed.", "reason": " "}]',
    /must say why this break is acceptable/,
  ],
])('rejects declarations with %s', (_, json, message) => {
  expect(() => readDeclarations(json)).toThrow(DeclarationsError)
  expect(() => readDeclarations(json)).toThrow(message)
})
