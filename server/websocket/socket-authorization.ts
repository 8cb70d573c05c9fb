import { RequestError } from '../share-requests/errors.ts'

/**
 * The Authorization that a client sent with `connection_init` or with the upgrade request: browsers cannot set the
 * header, and clients differ in where they put it. Names are matched case-insensitively. Throws a RequestError if there
 * are two that differ.
 */
export function socketAuthorization(
  connectionParams: Readonly<Record<string, unknown>> | undefined,
  header: string | undefined,
): unknown {
  const headers = connectionParams?.headers
  const given = [...named(connectionParams), ...named(headers), header].filter((value) => value != null)
  if (new Set(given).size > 1)
    throw new RequestError(
      'UNAUTHENTICATED',
      'Several different Authorizations. Send one: in connectionParams, its headers or the upgrade request.',
    )
  return given[0]
}

const named = (params: unknown): unknown[] =>
  typeof params !== 'object' || params === null
    ? []
    : Object.entries(params)
        .filter(([name]) => name.toLowerCase() === 'authorization')
        .map(([, value]) => value)
