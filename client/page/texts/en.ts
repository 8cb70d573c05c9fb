export const en = {
  chooseTitle: 'What would you like to verify?',
  chooseText: 'You share only what’s listed, and only after you approve it in the Portmone app.',
  loading: 'Loading…',
  none: 'There’s nothing to verify here right now.',
  networkTitle: 'No connection',
  networkText: 'Check your internet connection, then try again.',
  serverTitle: 'Something went wrong on our side',
  serverText: 'Please try again in a moment.',
  brokenTitle: 'Something went wrong on this page',
  brokenText: 'It’s our mistake, not yours. You can try again.',
  tryAgain: 'Try again',
  verify: 'Verify',
  shares: 'You share:',
  back: 'All verifications',
  chooseAnother: 'Choose another verification',
  language: 'Language',

  /** Without a site: to an app. */
  backTo: (site: string | null) => (site === null ? 'Back to the app' : `Back to ${site}`),
  returning: (site: string | null) =>
    site === null ? 'Taking you back to the app…' : `Taking you back to ${site}…`,
  returnRefusedTitle: 'This link doesn’t work',
  returnRefusedText:
    'It leads on to an address that this page doesn’t trust, so nothing was started. Please tell the website that sent you here.',
  returnRefusedHint: 'For the website’s developers',
  returnRefusedSetting: (origin: string) =>
    `The origin of “return” must be listed in the gateway’s RETURN_ORIGINS. Here it is ${origin}.`,
  returnRefusedInvalid: '“return” must be a complete URL, such as https://shop.example/verified.',
}
