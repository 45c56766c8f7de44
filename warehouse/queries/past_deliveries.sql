-- The attempts to deliver a week's digest, in the order of recording.
SELECT week, recipient, message_id, sent_at, status, error, coalesce(channel, 'mail') AS channel, sha256, delivery_id
FROM deliveries
WHERE week = $week
