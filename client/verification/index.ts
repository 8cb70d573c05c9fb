export * from './headless.ts'
export { Verification, type VerificationProps } from './verification.tsx'
