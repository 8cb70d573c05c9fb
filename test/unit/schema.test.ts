import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../server/schema/index.ts'

/** Everything whose description GraphiQL shows: types, fields, arguments, input fields and values. */
function described(): [string, string | null | undefined][] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => {
      const rows: [string, string | null | undefined][] = [[type.name, type.description]]
      if (isObjectType(type) || isInterfaceType(type))
        for (const field of Object.values(type.getFields())) {
          rows.push([`${type.name}.${field.name}`, field.description])
          for (const argument of field.args)
            rows.push([`${type.name}.${field.name}(${argument.name})`, argument.description])
        }
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields()))
          rows.push([`${type.name}.${field.name}`, field.description])
      if (isEnumType(type))
        for (const value of type.getValues()) rows.push([`${type.name}.${value.name}`, value.description])
      return rows
    })
}

test('everything in the schema has a description', () => {
  const rows = described()
  expect(rows.length).toBeGreaterThan(170)
  expect(rows.filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([])
})
