import { type ExecutionArgs, getOperationAST, OperationTypeNode, parse } from 'graphql'
import type { Operation } from '../graphql/operation.ts'

/** What graphql-ws is given to execute, and keeps for as long as the operation runs: nothing of the operation itself. */
interface SocketArgs extends ExecutionArgs {
  operation: Operation | null
}

/** graphql-ws reads of a document only which type of operation it has. */
const documentsByType = {
  [OperationTypeNode.QUERY]: parse('query { __typename }'),
  [OperationTypeNode.MUTATION]: parse('mutation { __typename }'),
  [OperationTypeNode.SUBSCRIPTION]: parse('subscription { __typename }'),
}

export function argsOf(operation: Operation): SocketArgs {
  const { operation: type = OperationTypeNode.QUERY } =
    getOperationAST(operation.document, operation.operationName) ?? {}
  return {
    schema: operation.schema,
    document: documentsByType[type],
    rootValue: undefined,
    contextValue: undefined,
    operation,
  }
}

/** The operation of `args`, which have it once. */
export function takeOperation(args: ExecutionArgs): Operation {
  const socketArgs = args as SocketArgs
  const { operation } = socketArgs
  if (operation === null) throw new Error('graphql-ws executes an operation a second time.')
  socketArgs.operation = null
  return operation
}
