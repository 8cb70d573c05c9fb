/** `kyc-basic` → "Kyc basic", `DATE_OF_BIRTH` → "Date of birth": for names that have no text of their own. */
export function humanize(name: string) {
  const words = name.toLowerCase().replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
