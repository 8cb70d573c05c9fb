export const en = {
  chooseTitle: 'What would you like to verify?',
  chooseText: 'You share only what’s listed, and only after you approve it in the Portmone app.',
  loading: 'Loading…',
  none: 'There’s nothing to verify here right now.',
  networkTitle: 'No connection',
  networkText: 'Check your internet connection, then try again.',
  serverTitle: 'Something went wrong on our side',
  serverText: 'Please try again in a moment.',
  tryAgain: 'Try again',
  verify: 'Verify',
  shares: 'You share:',
  back: 'All verifications',
  chooseAnother: 'Choose another verification',
  language: 'Language',

  backTo: (site: string) => `Back to ${site}`,
  returning: (site: string) => `Taking you back to ${site}…`,
  returnRefusedTitle: 'This link doesn’t work',
  /** Without an origin: the address is not a complete URL. */
  returnRefusedText: (origin: string | null) =>
    `It leads on to ${origin ?? 'an incomplete address'}, which isn’t allowed here. Go back to the site you came from and let it know: the address must be listed in RETURN_ORIGINS.`,
}
