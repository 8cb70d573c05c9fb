export const en = {
  verified: 'Verified',
  verifiedTitle: 'You’re verified',
  verifiedText: 'This page is for verified customers. Here’s what we checked:',
  passed: 'passed',
  notKept: 'We checked what you shared and didn’t keep it.',

  notVerified: 'Not verified',
  notVerifiedTitle: 'Verify yourself to see this page',
  notVerifiedText:
    'You haven’t been verified in this browser, your verification has expired, or your browser blocks cookies.',
  start: 'Start verification',

  expired: 'Verification expired',
  expiredTitle: 'Your verification has expired',
  expiredText: 'To protect you, this page stays open for only a few minutes after you are verified.',
  startAgain: 'Verify again',

  originNotAllowed: 'Something is set up wrong',
  originNotAllowedTitle: 'This website is not set up correctly',
  originNotAllowedText:
    'You came from a web address that this page doesn’t accept, so we can’t open it. This isn’t your fault. Please tell the website you came from.',
}
