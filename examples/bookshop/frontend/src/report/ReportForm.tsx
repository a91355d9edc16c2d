import { useState } from "react";
import type { ReportQuery } from "../api/client";
import type { Days } from "./days";

interface ReportFormProps {
  days: Days;
  loading: boolean;
  onSubmit: (query: ReportQuery) => void;
}

/** Asks for the days and the token. The token lives as long as the form: it is never stored. */
export function ReportForm({ days, loading, onSubmit }: ReportFormProps) {
  const [query, setQuery] = useState<ReportQuery>({ ...days, token: "" });

  return (
    <form
      aria-label="Report"
      className="report-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(query);
      }}
    >
      <label className="field">
        First day
        <input
          type="date"
          required
          value={query.from}
          onChange={(event) => {
            setQuery({ ...query, from: event.target.value });
          }}
        />
      </label>
      <label className="field">
        Last day
        <input
          type="date"
          required
          value={query.to}
          onChange={(event) => {
            setQuery({ ...query, to: event.target.value });
          }}
        />
      </label>
      <label className="field">
        Admin token
        <input
          type="password"
          required
          autoComplete="off"
          value={query.token}
          onChange={(event) => {
            setQuery({ ...query, token: event.target.value });
          }}
        />
      </label>
      <button type="submit" className="primary" disabled={loading}>
        Show report
      </button>
    </form>
  );
}
