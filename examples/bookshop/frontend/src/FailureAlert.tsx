interface FailureAlertProps {
  message: string;
  onRetry?: () => void;
}

/** Read out at once by a screen reader. Offers a retry where the caller has one. */
export function FailureAlert({ message, onRetry }: FailureAlertProps) {
  return (
    <div role="alert" className="failure">
      <p>{message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
