/** What a borrower has said of itself, to put behind a message. */
export function describeBorrower({ label }: { readonly label?: string | undefined }): string {
  return label === undefined ? '' : ` for ${label}`;
}
