/** The choice before it has loaded. index.html shows the same before the script runs. */
export const Skeleton = () => (
  <div className="skeleton" aria-hidden="true">
    <i />
    <i />
    <i />
  </div>
)
