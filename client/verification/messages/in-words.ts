/** A name such as `kyc-basic` or `DATE_OF_BIRTH`, as a text: for what the texts have no words for. */
export function inWords(name: string) {
  const words = name.toLowerCase().replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
