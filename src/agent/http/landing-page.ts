/** What `/` shows where the dashboard was not built. */
export const LANDING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>fourtuple agent</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>fourtuple agent</h1>
<p>The dashboard is not part of this installation. What there is:</p>
<ul>
<li><a href="metrics">/metrics</a>: for Prometheus</li>
<li><a href="api/report">/api/report</a>: this machine's lanes, forecasts and findings</li>
<li><a href="api/history">/api/history</a>: the same over time</li>
<li><a href="api/events">/api/events</a>: samples as they are taken (server-sent events)</li>
<li><a href="healthz">/healthz</a>: whether the agent samples</li>
</ul>
</body>
</html>
`;
